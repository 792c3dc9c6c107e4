import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

/** As much as a stored block holds. https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4 */
const blockBytes = 0xffff;

/** Without a name, a time or a system. https://www.rfc-editor.org/rfc/rfc1952#section-2.3 */
const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/**
 * Writes a file as gzip that is not compressed: what a compressor makes of the same bytes depends on its version and its processor, and
 * most of a release are wheels, which are compressed already.
 */
export function storeGzip(from: string, to: string): void {
  const [source, sink] = [openSync(from, "r"), openSync(to, "wx")];
  try {
    const { size } = statSync(from);
    let [left, sum] = [size, 0];
    writeSync(sink, head);
    do {
      const block = Buffer.alloc(Math.min(left, blockBytes));
      for (let filled = 0; filled < block.length;) {
        const read = readSync(source, block, filled, block.length - filled, null);
        if (read === 0) throw new Error(`${from}: became shorter while it was read`);
        filled += read;
      }
      left -= block.length;
      sum = crc32(block, sum);
      const begins = Buffer.from([left === 0 ? 1 : 0, 0, 0, 0, 0]);
      begins.writeUInt16LE(block.length, 1);
      begins.writeUInt16LE(block.length ^ 0xffff, 3);
      writeSync(sink, begins);
      writeSync(sink, block);
    } while (left > 0);
    const end = Buffer.alloc(8);
    end.writeUInt32LE(sum, 0);
    end.writeUInt32LE(size % 2 ** 32, 4);
    writeSync(sink, end);
  } finally {
    closeSync(source);
    closeSync(sink);
  }
}
