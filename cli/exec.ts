/** npm run exec -- [STACK] [--host HOST] WORDS...: a command on a host as the app, with its environment, in the release that serves. */
import { needed, runOneOff } from "./oneOff";
import { main } from "./terminal";

main(() => runOneOff((words) => ["exec", "--", ...needed(words, "python --version")]));
