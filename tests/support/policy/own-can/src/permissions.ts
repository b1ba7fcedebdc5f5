const rules: Record<string, (user: any, note: any) => boolean> = {
  delete: (user, note) => note.user_id === user.sub,
  read: () => true,
};

export function can(user: any, action: string, note: any) {
  return rules[action](user, note);
}
