"""Services of the user's own, which speak no protocol of ours: asked, judged and measured."""
