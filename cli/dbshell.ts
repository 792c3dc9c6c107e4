/** npm run dbshell [-- [STACK] [--host HOST]]: the database's own client on a host, with the app's rights. */
import { runOneOff } from "./oneOff";
import { main, UsageError } from "./terminal";

main(() =>
  runOneOff((words) => {
    if (words.length > 0)
      throw new UsageError(`npm run dbshell -- [STACK] [--host HOST], got "${words[0] ?? ""}"; statements are read from standard input`);
    return ["dbshell"];
  }),
);
