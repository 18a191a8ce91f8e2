export function npxFirst(readme: string): string;
