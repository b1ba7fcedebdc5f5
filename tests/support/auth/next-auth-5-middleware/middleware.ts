// Auth.js (NextAuth 5): middleware with `authorized`
// rules: missing-authentication
import NextAuth from 'next-auth';

export const { auth: middleware } = NextAuth({
  providers: [],
  callbacks: {
    authorized: ({ auth }) => !!auth?.user,
  },
});

export const config = { matcher: ['/api/private/:path*'] };
