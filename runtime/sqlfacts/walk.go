package sqlfacts

import (
	pg "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// eachNode visits a node and all below it, whatever their kinds.
func eachNode(n *pg.Node, visit func(*pg.Node)) {
	if n != nil {
		eachMessage(n.ProtoReflect(), visit)
	}
}

func eachMessage(m protoreflect.Message, visit func(*pg.Node)) {
	if n, ok := m.Interface().(*pg.Node); ok {
		visit(n)
	}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if fd.Message() == nil {
			return true
		}
		if !fd.IsList() {
			eachMessage(v.Message(), visit)
			return true
		}
		for i := range v.List().Len() {
			eachMessage(v.List().Get(i).Message(), visit)
		}
		return true
	})
}
