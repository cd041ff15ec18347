package sqlfacts

import (
	"github.com/gatewright/gatewright/schema"
	pg "github.com/pganalyze/pg_query_go/v6"
)

// administer walks what is left: maintenance, locks, notifications, rights and the rarer definitions.
func (a *analysis) administer(n *pg.Node) {
	switch x := n.GetNode().(type) {
	case *pg.Node_TruncateStmt:
		for _, r := range x.TruncateStmt.GetRelations() {
			a.access(schema.VerbTruncate, a.name(r.GetRangeVar()), false)
		}
	case *pg.Node_LockStmt:
		const accessShare = 1 // what a SELECT takes, and holds as long
		verb := schema.VerbLock
		if x.LockStmt.GetMode() == accessShare {
			verb = schema.VerbSelect
		}
		for _, r := range x.LockStmt.GetRelations() {
			a.access(verb, a.name(r.GetRangeVar()), false)
		}
	case *pg.Node_NotifyStmt:
		a.access(schema.VerbNotify, schema.Qualify(x.NotifyStmt.GetConditionname()), false)
	case *pg.Node_ListenStmt:
		a.access(schema.VerbNotify, schema.Qualify(x.ListenStmt.GetConditionname()), false)
	case *pg.Node_UnlistenStmt:
		a.access(schema.VerbNotify, schema.Qualify(x.UnlistenStmt.GetConditionname()), true) // nobody learns of it
	case *pg.Node_VacuumStmt:
		a.maintain(x.VacuumStmt.GetRels())
	case *pg.Node_ClusterStmt:
		a.access(schema.VerbMaintain, a.name(x.ClusterStmt.GetRelation()), false)
		a.use(schema.PlacePredicate, []string{schema.Everything}, "") // the order of rows then shows
	case *pg.Node_ReindexStmt:
		a.access(schema.VerbMaintain, a.name(x.ReindexStmt.GetRelation()), false)
	case *pg.Node_RefreshMatViewStmt:
		a.access(schema.VerbMaintain, a.name(x.RefreshMatViewStmt.GetRelation()), false)
	case *pg.Node_CheckPointStmt, *pg.Node_AlterDatabaseRefreshCollStmt:
		a.access(schema.VerbMaintain, "", false)
	case *pg.Node_LoadStmt:
		a.access(schema.VerbFile, schema.Qualify(x.LoadStmt.GetFilename()), false)
		a.st.Effect.MayChangeSession = true
	case *pg.Node_AlterSystemStmt:
		a.access(schema.VerbSet, schema.Qualify(x.AlterSystemStmt.GetSetstmt().GetName()), false)
	case *pg.Node_ConstraintsSetStmt:
	case *pg.Node_GrantStmt:
		a.grant(x.GrantStmt)
	case *pg.Node_DoStmt:
		a.stop("DO runs code that is not analysed")
	default:
		a.rare(n)
	}
}

func (a *analysis) maintain(rels []*pg.Node) {
	if len(rels) == 0 {
		a.access(schema.VerbMaintain, "", false)
	}
	for _, r := range rels {
		a.access(schema.VerbMaintain, a.name(r.GetVacuumRelation().GetRelation()), false)
	}
}

func (a *analysis) grant(x *pg.GrantStmt) {
	for _, o := range x.GetObjects() {
		if rv := o.GetRangeVar(); rv != nil {
			a.change(schema.VerbGrant, a.name(rv))
			continue
		}
		a.change(schema.VerbGrant, a.objectName(x.GetObjtype(), o))
	}
	if len(x.GetObjects()) == 0 {
		a.change(schema.VerbGrant, "")
	}
}

// rare are the statements whose object has no name that a rule would scope by. Each counts as holding code.
func (a *analysis) rare(n *pg.Node) {
	switch n.GetNode().(type) {
	case *pg.Node_GrantRoleStmt, *pg.Node_AlterDefaultPrivilegesStmt, *pg.Node_CreateRoleStmt, *pg.Node_AlterRoleStmt,
		*pg.Node_AlterRoleSetStmt, *pg.Node_DropRoleStmt, *pg.Node_ReassignOwnedStmt, *pg.Node_AlterOwnerStmt:
		a.code(schema.VerbGrant, "")
	case *pg.Node_DropOwnedStmt, *pg.Node_DropdbStmt, *pg.Node_DropTableSpaceStmt, *pg.Node_DropUserMappingStmt,
		*pg.Node_DropSubscriptionStmt:
		a.change(schema.VerbDrop, "")
	case *pg.Node_CreateAmStmt, *pg.Node_CreateCastStmt, *pg.Node_CreateConversionStmt, *pg.Node_CreatedbStmt,
		*pg.Node_CreateDomainStmt, *pg.Node_CreateEventTrigStmt, *pg.Node_CreateExtensionStmt, *pg.Node_CreateFdwStmt,
		*pg.Node_CreateForeignServerStmt, *pg.Node_CreateForeignTableStmt, *pg.Node_CreateOpClassStmt,
		*pg.Node_CreateOpFamilyStmt, *pg.Node_CreatePlangStmt, *pg.Node_CreatePolicyStmt, *pg.Node_CreatePublicationStmt,
		*pg.Node_CreateRangeStmt, *pg.Node_CreateStatsStmt, *pg.Node_CreateSubscriptionStmt, *pg.Node_CreateTableSpaceStmt,
		*pg.Node_CreateTransformStmt, *pg.Node_CreateUserMappingStmt, *pg.Node_DefineStmt, *pg.Node_ImportForeignSchemaStmt:
		a.code(schema.VerbCreate, "")
	case *pg.Node_AlterCollationStmt, *pg.Node_AlterDatabaseStmt, *pg.Node_AlterDatabaseSetStmt, *pg.Node_AlterDomainStmt,
		*pg.Node_AlterEventTrigStmt, *pg.Node_AlterExtensionStmt, *pg.Node_AlterExtensionContentsStmt, *pg.Node_AlterFdwStmt,
		*pg.Node_AlterForeignServerStmt, *pg.Node_AlterFunctionStmt, *pg.Node_AlterObjectDependsStmt,
		*pg.Node_AlterOperatorStmt, *pg.Node_AlterOpFamilyStmt, *pg.Node_AlterPolicyStmt, *pg.Node_AlterPublicationStmt,
		*pg.Node_AlterStatsStmt, *pg.Node_AlterSubscriptionStmt, *pg.Node_AlterTableMoveAllStmt,
		*pg.Node_AlterTableSpaceOptionsStmt, *pg.Node_AlterTsconfigurationStmt, *pg.Node_AlterTsdictionaryStmt,
		*pg.Node_AlterTypeStmt, *pg.Node_AlterUserMappingStmt, *pg.Node_SecLabelStmt:
		a.code(schema.VerbAlter, "")
	default:
		a.stop("a statement of an unknown kind")
	}
}
