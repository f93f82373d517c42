export default function Home() {
  return <h1>Afterfund</h1>
}
