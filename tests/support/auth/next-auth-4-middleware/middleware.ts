// NextAuth 4: default middleware
// rules: missing-authentication
export { default } from 'next-auth/middleware';

export const config = { matcher: ['/api/private/:path*'] };
