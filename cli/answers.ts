import { connect } from "node:net";

/** Whether a machine answers at its SSH port, within so many milliseconds: one that runs does in a few, one that is gone never says so. */
export function answers(address: string, milliseconds = 1500): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: address, port: 22 });
    const end = (found: boolean) => {
      socket.destroy();
      done(found);
    };
    socket.setTimeout(milliseconds, () => end(false));
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}
