import { connect } from "node:net";

/** The statuses of all answers to bytes sent as they are, in order, until the server closes or falls silent for `quiet` ms. */
export function statuses(address: string, port: number, bytes: string, quiet = 1500): Promise<number[]> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, address, () => socket.write(bytes, "latin1"));
    const end = () => {
      socket.destroy();
      resolve([...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map((found) => Number(found[1])));
    };
    socket.setTimeout(quiet, end);
    socket.on("data", (data: Buffer) => (text += data.toString("latin1")));
    socket.on("error", end);
    socket.on("close", end);
  });
}
