"""Policy versions as data: one folder a policy, one dated file a version."""
