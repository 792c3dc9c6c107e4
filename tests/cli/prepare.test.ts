/** What an `up` of a stack of this box begins with. Limit: nothing is set up; tests/tools/setup.test.ts has the words of the hint. */
import { prepare } from "../../cli/prepare";
import { setUp } from "../../tools/setup";

jest.mock("../../tools/setup", () => ({ engine: [], setUp: jest.fn(() => Promise.reject(new Error("it was set up"))) }));

test("who is no root is told so before anything is installed or built", async () => {
  const user = jest.spyOn(process as unknown as { getuid: () => number }, "getuid").mockReturnValue(1000);
  try {
    await expect(prepare("local")).rejects.toThrow(/^a stack on local machines needs root; run as root: sudo n/);
    expect(setUp).not.toHaveBeenCalled();
    user.mockReturnValue(0);
    await expect(prepare("local")).rejects.toThrow("it was set up");
  } finally {
    user.mockRestore();
  }
});
