// Clerk: clerkMiddleware that only attaches
// rules: missing-authentication, unenforced-authentication
import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server';

const isProtected = createRouteMatcher(['/api/account(.*)']);

export default clerkMiddleware(async (auth, request) => {
  const { userId, redirectToSignIn } = await auth();
  if (!userId && isProtected(request)) {
    return redirectToSignIn();
  }
});
