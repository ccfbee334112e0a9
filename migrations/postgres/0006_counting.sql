-- The dashboard counts the last sixty days of an organization: from the index alone.
create index scan_counted on scan (organization_id, visitor_kind, at);
create index conversation_started on conversation (organization_id, started_at);
-- Whether a visitor was counted within the hour: looked up at every scan.
create index scan_visitor on scan (organization_id, code_id, visitor, at);
