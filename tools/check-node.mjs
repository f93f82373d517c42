// Plain JavaScript on purpose: an old Node cannot read the TypeScript that comes after it.
const oldest = 24
if (Number(process.versions.node.split('.')[0]) < oldest) {
  process.stderr.write(
    `Afterfund needs Node ${oldest} or newer; this is ${process.version}. On Linux run npm install again (it brings the right one), elsewhere install Node ${oldest} from https://nodejs.org.\n`,
  )
  process.exit(1)
}
