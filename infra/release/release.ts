/** One version of the app, named by what is in it. */
export interface Release {
  /** 16 hex digits, see digest.ts. */
  readonly digest: string;
  /** Folder of the application, relative to the project. */
  readonly source: string;
  /** Hashed requirements, relative to `source`. */
  readonly requirements: string;
  /** Patterns of files that are no part of it. */
  readonly exclude: readonly string[];
}
