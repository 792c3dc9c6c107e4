/** Whether a server answers at all within 3 seconds, with whatever status but one that says "not here". */
export async function reachable(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(3000) });
    return response.status < 400;
  } catch {
    return false;
  }
}
