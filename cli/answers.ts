import { connect, type Socket } from "node:net";

/**
 * How long a machine may take, and when it is dialled once more: a lost first packet is sent again only after a second (RFC 6298), and an
 * SSH server that reads its settings anew refuses everybody for a moment.
 */
const usual = { withinMs: 1000, againMs: 400 };

/**
 * Whether a machine answers at a port, that of SSH by default, within a second: one that runs does in a few milliseconds, or a few hundred
 * around the world; one that is gone never says so.
 */
export function answers(address: string, port = 22, { withinMs, againMs } = usual): Promise<boolean> {
  return new Promise((done) => {
    const sockets: Socket[] = [];
    let refused = 0;
    const end = (found: boolean) => {
      for (const timer of [again, late]) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      done(found);
    };
    const dial = () => {
      sockets.push(
        connect({ host: address, port })
          .once("connect", () => end(true))
          .once("error", () => ++refused === 2 && end(false)),
      );
    };
    const again = setTimeout(dial, againMs);
    const late = setTimeout(() => end(false), withinMs);
    dial();
  });
}
