import {
  DuckDBDecimalType,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  type DuckDBValueConverter,
  type Json,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api';
import type { Column, ColumnType } from '../result.ts';
import { plainMoment } from '../tables/moment.ts';
import { exactNumber } from '../tables/values.ts';

const { BIGINT, BOOLEAN, DATE, DECIMAL, DOUBLE, FLOAT, HUGEINT, VARCHAR } = DuckDBTypeId;
const { INTEGER, SMALLINT, TINYINT, UBIGINT, UHUGEINT, UINTEGER, USMALLINT, UTINYINT } = DuckDBTypeId;
const { ARRAY, LIST, MAP, STRUCT, UNION } = DuckDBTypeId;
const { TIMESTAMP, TIMESTAMP_MS, TIMESTAMP_NS, TIMESTAMP_S, TIMESTAMP_TZ } = DuckDBTypeId;

const small = new Set([TINYINT, SMALLINT, INTEGER, UTINYINT, USMALLINT, UINTEGER]);
const large = new Set([BIGINT, UBIGINT, HUGEINT, UHUGEINT]);
const huge = new Set<DuckDBTypeId>([UBIGINT, HUGEINT, UHUGEINT]);
const broken = new Set([FLOAT, DOUBLE, DECIMAL]);
const nested = new Set([ARRAY, LIST, MAP, STRUCT, UNION]);
const moments = new Set<DuckDBTypeId>([TIMESTAMP, TIMESTAMP_S, TIMESTAMP_MS, TIMESTAMP_NS, TIMESTAMP_TZ]);

/** The type that a column of a statement's rows has when they are stored, with its digits where they are known. */
export function columnType(type: DuckDBType): Pick<Column, 'type' | 'digits'> {
  if (type instanceof DuckDBDecimalType)
    return {
      type: type.scale === 0 ? 'integer' : 'number',
      digits: { whole: type.width - type.scale, scale: type.scale },
    };
  const name = plainType(type);
  return huge.has(type.typeId) ? { type: name, digits: { whole: 38, scale: 0 } } : { type: name };
}

function plainType({ typeId, alias }: DuckDBType): ColumnType {
  const is = (types: ReadonlySet<number>) => types.has(typeId);
  if (is(small) || is(large)) return 'integer';
  if (is(broken)) return 'number';
  if (is(moments)) return 'datetime';
  if (is(nested) || isJson({ typeId, alias })) return 'json';
  if (typeId === BOOLEAN) return 'boolean';
  return typeId === DATE ? 'date' : 'text';
}

/** A text that is JSON. Rows forget it; columns know. */
export const isJson = ({ typeId, alias }: Pick<DuckDBType, 'typeId'> & { alias?: string | undefined }) =>
  typeId === VARCHAR && alias === 'JSON';

/**
 * A value as it is stored. What JSON cannot say becomes null (NaN, infinity); a number of more digits than one of this
 * language holds becomes text, because every reader of JSON would lose the last of them.
 */
export const stored: DuckDBValueConverter<Json> = (value, type) => {
  if (value === null) return null;
  const { typeId } = type;
  if (typeof value === 'number' && typeId === FLOAT) return Number.isFinite(value) ? ofSingle(value) : null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeId === DECIMAL) return exactNumber(String(value));
  if (moments.has(typeId)) return moment(value, typeId === TIMESTAMP_TZ);
  if (nested.has(typeId as never)) return JsonDuckDBValueConverter(value, type, stored);
  return typeof value === 'boolean' ? value : String(value);
};

/** A number of single precision with its own digits: 0.3, where this language would print 0.30000001192092896. */
function ofSingle(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** `2025-03-01 06:15:00.5` as `2025-03-01T06:15:00.5`, and with an offset of +00 as the same with a Z. */
function moment(value: DuckDBValue, isZoned: boolean): string | null {
  const text = String(value);
  // Infinity, and years that ISO 8601 has no plain form for.
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?:\+00(?::00)?)?$/.test(text)) return null;
  return plainMoment(text, isZoned ? {} : { isLocal: true });
}
