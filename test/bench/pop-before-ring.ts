import type { BenchResult } from './bench-result.js';
export async function run(): Promise<BenchResult[]> { return []; }
