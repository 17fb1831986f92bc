/** What a region asks another one for, and what that answers, as JSON over HTTP; records are their Avro bytes in base64. */
export interface ReadRequest {
  topic: string;
  from: number[];
  max: number;
  wait_ms: number;
}

export interface ReadAnswer {
  next: number[];
  missed: number;
  records: [partition: number, offset: number, time: number, key: string, bytes: string][];
}

export const regionPaths = { read: '/region/read', bounds: '/region/bounds' } as const;

/** The longest wait of one read. */
export const longestWait_ms = 20_000;
