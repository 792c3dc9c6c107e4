/**
 * The line of docs/aws.md that takes DEFINER out of an old dump. Limit: lines as mariadb-dump 10.11 writes them; no server reads them here.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = readFileSync(join(__dirname, "../../docs/aws.md"), "utf8");

test("an old dump names no definer of views, triggers, routines and events, and is otherwise as it was", () => {
  const filter =
    /^mariadb-dump --single-transaction --routines --triggers --events OCPizza \| (sed -E '[^']+') > old\.sql$/m.exec(page)?.[1] ?? "";
  const dump = [
    "/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */",
    "/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER noted BEFORE INSERT ON `shop` FOR EACH ROW set new.a = " +
      "'DEFINER' */;;",
    "CREATE DEFINER=`app`@`10.0.0.1` PROCEDURE `counted`()",
    "INSERT INTO `shop` VALUES (1,'DEFINER=`root`');",
  ];
  expect(execFileSync("sh", ["-c", filter], { input: dump.join("\n"), encoding: "utf8" }).split("\n")).toEqual([
    "/*!50013  SQL SECURITY DEFINER */",
    "/*!50003 CREATE*/ /*!50017 */ /*!50003 TRIGGER noted BEFORE INSERT ON `shop` FOR EACH ROW set new.a = 'DEFINER' */;;",
    "CREATE  PROCEDURE `counted`()",
    dump[3],
  ]);
});
