"""What is a member's own: settings, bookmarks with notes, what they read. Nobody else sees it, whatever their role."""
