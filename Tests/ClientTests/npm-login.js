// node npm-login.js NPM NAME PASSWORD ARGUMENT…   Runs npm, and types name and password when it asks for them.
const [npm, name, password, ...rest] = process.argv.slice(2)
const child = require('child_process').spawn(process.execPath, [npm, ...rest], { stdio: ['pipe', 'pipe', 'inherit'] })
const answers = [['Username:', name], ['Password:', password]]
let said = ''
child.stdout.on('data', (bytes) => {
  process.stdout.write(bytes)
  said += bytes
  if (answers.length && said.includes(answers[0][0])) {
    said = ''
    child.stdin.write(answers.shift()[1] + '\n')
  }
})
child.on('close', (status) => process.exit(status ?? 1))
