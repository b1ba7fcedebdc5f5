// Clerk: clerkMiddleware with createRouteMatcher
// rules: missing-authentication
import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server';

const isPublic = createRouteMatcher(['/sign-in(.*)', '/api/feed(.*)']);

export default clerkMiddleware(async (auth, req) => {
  if (!isPublic(req)) {
    await auth.protect();
  }
});

export const config = { matcher: ['/((?!.*\\..*|_next).*)', '/(api|trpc)(.*)'] };
