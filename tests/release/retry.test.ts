import { retry } from "../../infra/release/retry";

test("it is tried until it succeeds", async () => {
  let tries = 0;
  const third = () => (++tries < 3 ? Promise.reject(new Error("not yet")) : Promise.resolve(tries));
  expect(await retry(5, third)).toBe(3);
});

test("an error that is final, and one that comes when the time is over, are thrown after one try", async () => {
  const failing = jest.fn(() => Promise.reject(new Error("refused")));
  await expect(retry(60, failing, () => true)).rejects.toThrow("refused");
  await expect(retry(0, failing)).rejects.toThrow("refused");
  expect(failing).toHaveBeenCalledTimes(2);
});
