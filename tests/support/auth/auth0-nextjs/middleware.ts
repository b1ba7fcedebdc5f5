import { auth0 } from './lib/auth0';

export async function middleware(request: Request) {
  return await auth0.middleware(request as any);
}
