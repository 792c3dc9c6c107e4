import { keys } from "../keys";
import { secretIn } from "../catalog/secretForms";
import { isPlatformSetting, optionalSecrets, sshKeyName } from "../secretNames";
import { rule, type Rule } from "./rule";

export const settingRules: readonly Rule[] = [
  rule(["env", "secrets"], ({ env, secrets }) =>
    Object.keys(env)
      .filter((name) => secrets.includes(name))
      .map((name) => ({ at: `env.${name}`, must: "must not be in secrets too", hint: `keep only the secret ${name}` })),
  ),

  // The value is shown by nobody, this message neither.
  rule(["env"], ({ env }) =>
    Object.entries(env).flatMap(([name, value]) => {
      const [seen, named] = [secretIn(value), secretIn(`${name}=${value}`)];
      const why = seen === null ? `its name says ${named ?? ""}` : `its value looks like ${seen}`;
      return named === null
        ? []
        : [
            {
              at: `env.${name}`,
              must: `must be a secret: ${why}`,
              hint: `name ${name} in secrets instead, and change what was saved in this file`,
            },
          ];
    }),
  ),

  rule(["env"], ({ env }) =>
    Object.keys(env)
      .filter(isPlatformSetting)
      .map((name) => ({ at: `env.${name}`, must: "must be left out, since every process gets it from the host" })),
  ),

  rule(["secrets"], ({ secrets }) =>
    secrets.flatMap((name, i) =>
      isPlatformSetting(name)
        ? [{ at: `secrets.${i}`, must: "must be left out, since every process gets it from the host", got: name }]
        : [],
    ),
  ),

  // Each secret is a key of the same file.
  rule(["secrets"], ({ secrets }) =>
    secrets.flatMap((name, i) =>
      Object.hasOwn(keys, name) || name === sshKeyName || optionalSecrets.includes(name)
        ? [{ at: `secrets.${i}`, must: "must not be the name of another key of this file", got: name }]
        : [],
    ),
  ),
];
