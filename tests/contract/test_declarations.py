"""What the core declares says who may and what happens; the contract of plugins asks the same of them."""

from korrigo.db.base import Base


def test_every_view_of_the_core_says_who_may(contract_whole):
    for view in contract_whole.introspected("views"):
        if view["route_name"]:
            permission = contract_whole.permission_of(view)
            assert permission in contract_whole.registry["korrigo permissions"], view["callable"]


def test_every_foreign_key_of_the_core_says_what_happens_on_deletion():
    for table in Base.metadata.tables.values():
        if "plugin" not in table.info:
            for key in table.foreign_keys:
                assert key.ondelete in ("CASCADE", "SET NULL", "RESTRICT"), f"{table.name}.{key.parent.name}"
                assert key.ondelete != "SET NULL" or key.parent.nullable
                assert "plugin" not in key.column.table.info
