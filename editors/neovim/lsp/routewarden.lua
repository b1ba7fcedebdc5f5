---@brief
---
--- https://github.com/routewarden/routewarden
---
--- Routewarden watches the API routes of TypeScript and JavaScript backends while they are typed, and shows where a stranger could reach
--- somebody else's data.
---
--- Install the server with `cargo install routewarden`, put this folder (`editors/neovim`) on the runtime path, and enable it:
---
--- ```lua
--- vim.lsp.enable('routewarden')
--- ```

---@type vim.lsp.Config
return {
  cmd = { 'routewarden', 'lsp' },
  filetypes = {
    'javascript',
    'javascriptreact',
    'typescript',
    'typescriptreact',
  },
  root_markers = { 'routewarden.toml', { 'package.json', 'tsconfig.json' }, '.git' },
}
