import type { NextAuthOptions } from 'next-auth';

export const authOptions: NextAuthOptions = {
  providers: [],
  callbacks: {
    session({ session, token }) {
      (session.user as any).id = token.sub;
      return session;
    },
  },
};
