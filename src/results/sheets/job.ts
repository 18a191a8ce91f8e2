/** What the server gives to the process that reads spreadsheets. */
export interface SheetJob {
  /** Of the `.xlsx` file. */
  path: string;
  /** Name of the sheet. Default: the first that holds a table. */
  sheet?: string;
}

/** The first line that the process gives out; the rows follow, one JSON object a line. */
export interface SheetHead {
  sheet: string;
  /** Other sheets that hold a table. */
  others: string[];
  /** What was decided, in sentences. */
  notes: string[];
}
