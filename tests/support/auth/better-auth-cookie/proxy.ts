// better-auth: a cookie that is there is no session
// rules: missing-authentication, unenforced-authentication
import { getSessionCookie } from 'better-auth/cookies';
import { NextResponse, type NextRequest } from 'next/server';

export function proxy(request: NextRequest) {
  if (!getSessionCookie(request)) return NextResponse.redirect(new URL('/sign-in', request.url));
  return NextResponse.next();
}
