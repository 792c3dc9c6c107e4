/** npm run manage -- [STACK] [--host HOST] WORDS...: a command of Django's manage.py on a host. */
import { needed, runOneOff } from "./oneOff";
import { main } from "./terminal";

main(() => runOneOff((words) => ["exec", "--", "python", "manage.py", ...needed(words, "createsuperuser")]));
