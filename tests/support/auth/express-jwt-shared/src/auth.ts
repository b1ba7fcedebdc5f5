import { expressjwt } from 'express-jwt';

const base = { secret: process.env.JWT_SECRET!, algorithms: ['HS256' as const] };

export default Object.freeze({
  required: expressjwt(base),
  optional: expressjwt({ ...base, credentialsRequired: false }),
});
