/** A variable that a program reads. */
export interface Read {
  readonly name: string;
  /** Without it the program does not start. */
  readonly required: boolean;
}

const brackets = /\benviron\[\s*["'](\w+)["']\s*\](?!\s*=[^=])/g;
const calls = /\b(?:environ\.get|getenv|environ\.setdefault)\(\s*["'](\w+)["']/g;
// django-environ, environs and python-decouple: what is given no default must be set.
const readers =
  /\b(?:env|config)(?:\.(?:str|int|bool|list|float|url|json|db|cache|email))?\(\s*["']([A-Z]\w*)["']([^()]*(?:\([^()]*\)[^()]*)*)\)/g;

/** Variables that a text of Python reads, each once, by name. */
export function variablesOf(texts: readonly string[]): readonly Read[] {
  const found = new Map<string, boolean>();
  const add = (name: string, required: boolean) => found.set(name, required || (found.get(name) ?? false));
  for (const text of texts) {
    const code = text.replace(/^\s*#.*$/gm, "");
    for (const [, name = ""] of code.matchAll(brackets)) add(name, true);
    for (const [, name = ""] of code.matchAll(calls)) add(name, false);
    for (const [, name = "", rest = ""] of code.matchAll(readers)) add(name, !/\bdefault\s*=/.test(rest));
    // env.db() reads DATABASE_URL.
    if (/\benv\.db(_url)?\(\s*\)|dj_database_url\.config\(/.test(code)) add("DATABASE_URL", false);
  }
  return [...found].map(([name, required]) => ({ name, required })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a variable of this name holds what nobody else may know. */
export const isSecretName = (name: string): boolean =>
  /(SECRET|PASSWORD|PASSWD|TOKEN|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|DSN)|_KEY$|^KEY$/i.test(name);
