import { Form, useLocation, useRouteLoaderData, useSubmit } from 'react-router'
import { paths } from '../paths.ts'
import { Button } from '../ui/button.tsx'
import { Option, OptionGroup } from '../ui/field.tsx'
import { useHydrated } from '../ui/reader.tsx'

/** Light, dark, or as the system has it: kept in this browser, and in the answer's first byte, so that nothing flashes. */
export function ColoursSwitch() {
  const { colours } = (useRouteLoaderData('root') as { colours: string | null } | undefined) ?? { colours: null }
  const { pathname, search } = useLocation()
  const submit = useSubmit()
  const hydrated = useHydrated()
  const option = (value: string, label: string) => (
    <Option
      type="radio"
      name="colours"
      value={value}
      label={label}
      defaultChecked={(colours ?? 'system') === value}
      onChange={(event) => void submit(event.currentTarget.form, { replace: true, preventScrollReset: true })}
    />
  )
  return (
    <Form method="post" action={paths.colours()}>
      <input type="hidden" name="next" value={pathname + search} />
      <OptionGroup id="colours" label="Colours">
        {option('system', 'As your system has them')}
        {option('light', 'Light')}
        {option('dark', 'Dark')}
      </OptionGroup>
      {!hydrated && <Button type="submit">Save the colours</Button>}
    </Form>
  )
}
