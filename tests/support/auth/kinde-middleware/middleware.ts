// Kinde: withAuth in the middleware
// rules: missing-authentication
import { withAuth } from '@kinde-oss/kinde-auth-nextjs/middleware';

export default withAuth(async function middleware(request: Request) {}, { publicPaths: ['/api/feed'] });

export const config = { matcher: ['/api/:path*'] };
