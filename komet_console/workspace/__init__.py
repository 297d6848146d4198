"""What the user keeps: settings, tabs, drafts, environments, tokens, collections, history. No Qt."""
