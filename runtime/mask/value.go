package mask

// The constants that stand for a value of which nothing is kept.
const (
	stars     = "****"
	starJSON  = `"****"`
	starShort = "*"
)

// jsonbVersion is the first byte of every jsonb value in binary format (jsonb_send).
const jsonbVersion = 1

// appendConstant appends what stands for any value of the shape.
func appendConstant(dst []byte, s shape, format int16) []byte {
	switch s {
	case shapeLetter:
		return append(dst, starShort...)
	case shapeJSON:
		return append(dst, starJSON...)
	case shapeJSONB:
		if format == formatBinary {
			dst = append(dst, jsonbVersion)
		}
		return append(dst, starJSON...)
	default:
		return append(dst, stars...)
	}
}
