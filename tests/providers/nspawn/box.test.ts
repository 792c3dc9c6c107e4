// Level: what the box is asked before anything is made; reads its routes, changes nothing.
import { checkRange } from "../../../providers/nspawn/box";

test("a range that an interface of the box has is refused by name, with another one to take", () => {
  expect(checkRange("127.0.0.0/16", "ws-nsx")).toEqual([
    {
      at: "network.range",
      must: expect.stringMatching(/^must be free on this box, where lo has 127\./),
      got: "127.0.0.0/16",
      hint: "choose another private range, such as 10.88.0.0/24",
    },
  ]);
});

test("the network's own bridge may have its range", () => {
  expect(checkRange("127.0.0.0/16", "lo")).toEqual([]);
});
