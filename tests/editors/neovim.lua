-- Opens a route in a real Neovim with the project's own plugin, sees the finding, applies the fix, and sees the finding go.
local file = assert(_G.arg[1], 'the file to open')
local function check(ok, what)
  io.stdout:write((ok and 'ok   ' or 'FAIL ') .. what .. '\n')
  if not ok then
    io.stdout:write('0 passed, 1 failed\n')
    vim.cmd('cquit 1')
  end
end
local function findings(rule)
  return vim.tbl_filter(function(it) return it.code == rule end, vim.diagnostic.get(0))
end

vim.o.swapfile = false
vim.opt.runtimepath:prepend(vim.env.RW_PLUGIN)
vim.lsp.config('routewarden', { cmd = { vim.env.RW_BIN, 'lsp' } })
vim.lsp.enable('routewarden')
vim.cmd('filetype plugin on')
vim.cmd.edit(vim.fn.fnameescape(file))

check(vim.wait(20000, function() return #vim.lsp.get_clients({ bufnr = 0, name = 'routewarden' }) == 1 end, 20), 'the server is attached')
check(vim.wait(20000, function() return #findings('missing-ownership') > 0 end, 20), 'the route is underlined')
local finding = findings('missing-ownership')[1]
io.stdout:write(string.format('     %d:%d %s\n', finding.lnum + 1, finding.col + 1, finding.message))
check(finding.source == 'routewarden', 'the finding names its source')
check(finding.lnum + 1 == vim.fn.search('prisma.todo.findUnique', 'nw'), 'it stands at the query')

vim.api.nvim_win_set_cursor(0, { finding.lnum + 1, finding.col })
local hover = vim.lsp.buf_request_sync(0, 'textDocument/hover', vim.lsp.util.make_position_params(0, 'utf-8'), 5000)
local text = vim.inspect(hover)
check(text:find('missing%-ownership') ~= nil, 'hover shows the rule')

local before = #vim.diagnostic.get(0)
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action) return action.kind == 'quickfix' and action.title:find('Filter by the owner', 1, true) == 1 end,
})
check(vim.wait(20000, function() return vim.fn.search('userId: req.userId', 'nw') > 0 and #findings('missing-ownership') == 0 end, 20), 'the fix is in and the finding is gone')
check(#vim.diagnostic.get(0) < before, 'no other finding came')
vim.cmd('write')
for _, client in ipairs(vim.lsp.get_clients()) do client:stop() end
check(vim.wait(5000, function() return #vim.lsp.get_clients() == 0 end, 20), 'the server stopped')
io.stdout:write('1 passed, 0 failed\n')
vim.cmd('qall!')
