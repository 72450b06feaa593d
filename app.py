"""What ``streamlit run`` opens."""

from analyzer.ui.main import main

main()
