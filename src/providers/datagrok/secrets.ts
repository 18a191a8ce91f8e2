import { hiddenValues, type ShowField } from '../../operations/shown-fields.ts';

/** Values that connect to somebody's data: `parameters` of credentials, wherever these are. Their names are shown. */
export const showField: ShowField = (value, { field, thing, under }) => {
  const isOfCredentials = thing['#type'] === 'Credentials' || 'entityBindId' in thing || under === 'credentials';
  return field === 'parameters' && isOfCredentials ? hiddenValues(value) : value;
};
