document.title = 'Stand-in, started'
