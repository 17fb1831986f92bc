/** The Unix socket by which the process on a data folder is operated. */
export const adminSocket = (dataDir: string): string => `${dataDir}/admin.sock`;
