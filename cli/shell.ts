/** npm run shell [-- [STACK] [--host HOST]]: a shell on a host as the app, with its environment, in the release that serves. */
import { runOneOff } from "./oneOff";
import { main } from "./terminal";

main(() => runOneOff((words) => ["exec", "--", "bash", ...words]));
