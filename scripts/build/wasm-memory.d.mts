export function memoryOf(bytes: Uint8Array): { initial: number; most: number | undefined };
export function withBoundedMemory(bytes: Uint8Array, most: number): Buffer;
