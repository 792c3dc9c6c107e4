/**
 * What a job of Fargate may have for a disk, its image included.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_EphemeralStorage.html
 */
const smallestDiskGiB = 21;
export const largestDiskGiB = 200;

/** A disk that holds the dump of a database of that size, which is smaller than the database. */
export const diskGiB = (databaseGiB: number): number => Math.min(largestDiskGiB, Math.max(smallestDiskGiB, databaseGiB));
