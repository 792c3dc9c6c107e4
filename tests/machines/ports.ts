import { connect } from "node:net";

/** Those of a host's ports that take a connection. One that is filtered stays silent: three seconds leave room for a second SYN. */
export async function openPorts(host: string, ports: readonly number[]): Promise<number[]> {
  const open = await Promise.all(ports.map((port) => opens(host, port)));
  return ports.filter((_, index) => open[index]);
}

function opens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3000 });
    const end = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", end(true)).on("timeout", end(false)).on("error", end(false));
  });
}
