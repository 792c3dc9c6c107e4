import { databaseServer } from "../features/databaseServer";
import { every } from "./every";
import { noApp, type Role } from "./role";

/** A machine that stands in for a managed database. */
export const database: Role = { features: [...every, databaseServer], app: () => noApp() };
