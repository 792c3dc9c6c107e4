/** A size of a machine or a database, as a cloud names it. */
export interface Size {
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** Where a price was read, and when. All prices are in USD without tax; nothing here is fetched. */
export interface Source {
  readonly url: string;
  /** Of the source itself, as precisely as it says. */
  readonly date: string;
}
