// WorkOS AuthKit: middlewareAuth
// rules: missing-authentication
import { authkitMiddleware } from '@workos-inc/authkit-nextjs';

export default authkitMiddleware({
  middlewareAuth: { enabled: true, unauthenticatedPaths: ['/api/feed/:path*'] },
});
